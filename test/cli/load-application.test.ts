import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { ROOT, TestProcess } from '../fixtures/run-process.js';

const COMMAND = join(ROOT, 'built/cli/yunction.js');
const CONTROLLER = `
const { Controller, Http } = require('yunction');
class Hello { hello() { return 'hello'; } }
Http('GET', '/hello')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
Controller()(Hello);
`;

describe('yunction start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-test-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/yunction'));
  writeFileSync(join(folder, 'exports.cjs'), `${CONTROLLER} exports.Hello = Hello; exports.arrow = () => 1;`);
  writeFileSync(join(folder, 'starts.cjs'), `${CONTROLLER} require('yunction').start({ controllers: [Hello] });`);
  writeFileSync(join(folder, 'package.json'), '{ "main": "starts.cjs" }');
  after(() => rmSync(folder, { recursive: true }));

  const env = { YUNCTION_HOST: '127.0.0.1', PORT: '0' };
  for (const [what, args, more] of [
    ['runs a module that calls start()', ['starts.cjs'], {}],
    ['starts the controllers that a module exports', ['exports.cjs'], {}],
    ['takes the module from "main" of package.json', ['--log-level', 'info'], {}],
    ['takes the module from FUNCTION_SOURCE first', [], { FUNCTION_SOURCE: './exports.cjs' }],
    ['takes options after the module', ['exports.cjs', '--access-log=false'], {}],
  ] as const) {
    it(what, async () => {
      const process = new TestProcess([COMMAND, 'start', ...args], { cwd: folder, env: { ...env, ...more } });
      const port = await process.port();
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/hello`)).text(), 'hello');
      process.signal('SIGTERM');
      const { code, stdout } = await process.ended;
      assert.equal(code, 0);
      assert.equal(/"msg":"request"/.test(stdout), !(args as readonly string[]).includes('--access-log=false'));
    });
  }
});
