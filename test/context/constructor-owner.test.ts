import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { constructorOwner } from '#src/context/constructor-owner.js';

describe('constructorOwner', () => {
  class Base {
    constructor(readonly url: string) {}
  }
  class Inherits extends Base {}
  class InheritsAgain extends Inherits {}
  class Own extends Base {
    constructor() {
      super('own');
    }
  }
  class Plain {}
  class PlainChild extends Plain {}

  for (const [injected, owner] of [
    [Base, Base],
    [Inherits, Base],
    [InheritsAgain, Base],
    [Own, Own],
    [Plain, Plain],
    [PlainChild, PlainChild],
    [Map, Map],
  ] as const) {
    it(`of ${injected.name} is ${owner.name}`, () => assert.equal(constructorOwner(injected), owner));
  }
});
