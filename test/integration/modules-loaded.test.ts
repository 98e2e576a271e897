import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';

import { runText } from '../fixtures/run-process.js';

/** What only some applications need. */
const RARE = ['ws', 'busboy', 'class-validator', 'class-transformer', '@fastify/send', 'content-disposition'];

const HEAD = `
import { createRequire } from 'node:module';
import { Controller, createApplication, Http } from 'yunction';
const { cache } = createRequire(import.meta.url);
const loaded = () => [...new Set(Object.keys(cache).map((file) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1]))];
class Hello { hello() { return 'hello'; } }
Http('GET', '/')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
Controller()(Hello);
const application = createApplication({ controllers: [Hello], port: 0, host: '127.0.0.1', logLevel: 'silent' }, {});
const { port } = await application.listen();
`;

async function loadedBy(source: string): Promise<string[]> {
  const { code, stdout, stderr } = await runText(
    `${HEAD}${source}\nconst modules = loaded(); await application.close(); console.log(JSON.stringify(modules));`,
  );
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as string[];
}

describe('An application that answers GET and takes no event class', () => {
  it('loads at start none of the libraries that only some applications need', async () => {
    const modules = await loadedBy('');
    assert.deepEqual(
      RARE.filter((name) => modules.includes(name)),
      [],
    );
    assert.ok(modules.includes('tsyringe'), 'the list shows what is loaded');
  });

  it('loads none of them to answer a request either', async () => {
    const modules = await loadedBy("await (await fetch('http://127.0.0.1:' + port)).text();");
    assert.deepEqual(
      RARE.filter((name) => modules.includes(name)),
      [],
    );
  });

  it('could load each of them: none is hidden from the list for being an ES module', async () => {
    const require = createRequire(import.meta.url);
    for (const name of RARE) {
      const modules = await loadedBy(`await import('${name}');`);
      assert.ok(modules.includes(name), `${name} at ${require.resolve(name)}`);
    }
  });
});
