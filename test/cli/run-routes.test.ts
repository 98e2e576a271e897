import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { ROOT } from '../fixtures/run-process.js';
import { CommandProject, HELLO_CONTROLLER } from './command-project.js';

const SLOW = `
const { IsInt } = require('${ROOT}node_modules/class-validator');
class Setting { set value(value) {} get value() { return 1; } }
IsInt()(Setting.prototype, 'value');
Reflect.defineMetadata('design:type', Number, Setting.prototype, 'value');
Hello.prototype.place = function place(event) { return event; };
Http('POST', '/settings')(Hello.prototype, 'place', Object.getOwnPropertyDescriptor(Hello.prototype, 'place'));
Reflect.defineMetadata('design:paramtypes', [Setting], Hello.prototype, 'place');
`;

describe('yunction routes', () => {
  const project = new CommandProject({
    'starts.cjs': `${HELLO_CONTROLLER} require('yunction').start({ controllers: [Hello] });`,
    'exports.cjs': `${HELLO_CONTROLLER} exports.Hello = Hello;`,
    'slow.cjs': `${HELLO_CONTROLLER} ${SLOW} exports.Hello = Hello;`,
    'broken.cjs': `${HELLO_CONTROLLER} throw new Error('on purpose');`,
    'hooked.cjs': `${HELLO_CONTROLLER} require('yunction').start({ controllers: [Hello], onStart() { console.log('started'); } });`,
  });
  after(() => project.remove());

  for (const name of ['starts.cjs', 'exports.cjs']) {
    it(`prints the table of an application and ends: ${name}`, async () => {
      const { code, stdout, stderr } = await project.run(['routes', name]).ended;
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^\s*GET +\/hello +Hello\.hello/m);
      assert.doesNotMatch(stdout, /ready on|Validated by/);
    });
  }

  it('runs no hook of the application', async () => {
    const { code, stdout } = await project.run(['routes', 'hooked.cjs']).ended;
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /started/);
  });

  it('says what of the events is validated the slow way', async () => {
    const { code, stdout, stderr } = await project.run(['routes', 'slow.cjs']).ended;
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^\s*POST +\/settings/m);
    assert.match(stdout, /cannot be compiled:\n  .*Setting: value: a setter\n$/);
  });

  it('fails as a start does', async () => {
    const { code, stdout, stderr } = await project.run(['routes', 'broken.cjs']).ended;
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^yunction: Error: on purpose/);
  });
});
