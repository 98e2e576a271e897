import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainToInstance, Transform, Type } from 'class-transformer';
import { loadLibraries } from '#src/validation/libraries.js';
import { hideOpaque, reveal } from '#src/validation/opaque-values.js';

class Upload {
  readonly #content = 'bytes';
  content(): string {
    return this.#content;
  }
}
class Form {
  title?: string;
  one?: Upload;
  @Type(() => Upload) typed?: Upload[];
  @Type(() => Upload) set?: Set<Upload>;
  @Transform(({ value }) => (value as Upload).content()) transformed?: string;
  whole?: { one: Upload; many: Upload[]; text: string };
}

function transform(input: object): Form {
  const { input: plain, hidden } = hideOpaque(input, (key) => key === 'transformed');
  const form = plainToInstance(Form, plain);
  if (hidden !== undefined) reveal(form, hidden);
  return form;
}

describe('hideOpaque and reveal', () => {
  it('hand over plain input as it is, without a copy', () => {
    const input = { a: 1, b: [1, { c: null }], d: new Date(0), e: Object.create(null) as object };
    const { input: plain, hidden } = hideOpaque(input, () => false);
    assert.equal(plain, input);
    assert.equal(hidden, undefined);
  });

  it('carry instances through class-transformer wherever a form can hold them', () => {
    const upload = new Upload();
    const input = {
      title: 't',
      one: upload,
      typed: [upload, upload],
      set: [upload],
      transformed: upload,
      whole: { one: upload, many: [upload], text: 'x' },
    };
    const before = { ...input };
    assert.deepEqual(Object.assign({}, transform(input)), { ...input, set: new Set([upload]), transformed: 'bytes' });
    assert.equal(transform(input).typed?.[1], upload);
    assert.equal(transform(input).whole?.many[0], upload);
    assert.deepEqual(input, before);
  });

  it('leave nothing behind in what class-transformer remembers', async () => {
    const { transformerStorage } = await loadLibraries();
    transform({ transformed: new Upload() });
    const remembered = (): number => (Reflect.get(transformerStorage, '_ancestorsMap') as Map<unknown, unknown>).size;
    const before = remembered();
    for (let time = 0; time < 10; time++)
      transform({ one: new Upload(), transformed: new Upload(), typed: [new Upload()] });
    assert.equal(remembered(), before);
  });

  it('do not look below what a form can hold', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    assert.equal(hideOpaque({ deep }, () => false).hidden, undefined);
  });

  it('keep the prototype of the input whatever its keys are', () => {
    const input: object = Object.assign(JSON.parse('{"__proto__":{"a":1}}') as object, { one: new Upload() });
    const { input: plain } = hideOpaque(input, () => false);
    assert.equal(Object.getPrototypeOf(plain), Object.prototype);
  });
});
