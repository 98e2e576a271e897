import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { StartupError } from '#src/errors/startup-error.js';
import { FunctionUnit } from '#src/functions/function-unit.js';
import { type Line, recordInto } from '../serve.js';
import { until } from '../until.js';
import { ProjectFolder } from './project-folder.js';

describe('FunctionUnit', () => {
  const folder = new ProjectFolder({
    'good.cjs': 'globalThis.goodLoads = (globalThis.goodLoads ?? 0) + 1; exports.main = () => 1;',
    'bad.mjs': 'throw new Error("broken");',
    'flaky.cjs': 'if (globalThis.databaseIsUp !== true) throw new Error("no database"); exports.main = () => 2;',
    'hangs.mjs': 'await new Promise((resolve) => (globalThis.letGo = resolve)); export const main = () => 3;',
  });
  after(() => folder.remove());

  function unitOf(file: string, timeoutMs = 0, serve: (exports: object) => object = () => ({})) {
    const lines: Line[] = [];
    const found = { name: 'f', label: 'f.main', paths: ['/'], file: folder.at(file), shownFile: file, target: 'main' };
    return { unit: new FunctionUnit(found, serve, recordInto(lines), timeoutMs), lines };
  }

  it('loads once, however many wait, and says so', async () => {
    const { unit, lines } = unitOf('good.cjs');
    await Promise.all([unit.waitFor(), unit.waitFor(), unit.load()]);
    assert.equal((globalThis as { goodLoads?: number }).goodLoads, 1);
    assert.equal(unit.waitFor(), undefined);
    assert.deepEqual(
      lines.map(({ level, msg }) => `${level} ${msg}`),
      ['info function loaded'],
    );
    assert.equal(unit.report.failure, undefined);
  });

  it('says what failed, with its stack in the log, and does not try an ES module again', async () => {
    const { unit, lines } = unitOf('bad.mjs');
    await unit.waitFor();
    assert.equal(unit.serving, undefined);
    assert.equal(unit.waitFor(), undefined);
    assert.equal(unit.report.failure, 'Error: broken');
    assert.match(lines[0]?.msg ?? '', /function f could not be loaded: Error: broken/);
    const { status, code, cause } = unit.error();
    assert.deepEqual([status, code, (cause as Error).message], [500, 'FUNCTION_NOT_LOADED', 'broken']);
  });

  it('tries a CommonJS module again, but not by every request of a burst', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1000 });
    const { unit } = unitOf('flaky.cjs');
    await unit.waitFor();
    assert.equal(unit.serving, undefined);
    (globalThis as { databaseIsUp?: boolean }).databaseIsUp = true;
    assert.equal(unit.waitFor(), undefined);
    t.mock.timers.setTime(2000);
    await unit.waitFor();
    assert.notEqual(unit.serving, undefined);
  });

  it('does not try again what is wrong with the function’s controllers', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1000 });
    const mistake = new StartupError([{ where: 'X', problem: 'p', remedy: 'r' }]);
    const { unit } = unitOf('good.cjs', 0, () => {
      throw mistake;
    });
    await unit.waitFor();
    t.mock.timers.setTime(9000);
    assert.equal(unit.waitFor(), undefined);
    assert.equal(unit.report.failure, 'X: p → r');
  });

  it('lets nobody wait for longer than the limit, and serves when it is loaded after all', async () => {
    const { unit } = unitOf('hangs.mjs', 20);
    await unit.waitFor();
    assert.equal(unit.serving, undefined);
    assert.match((unit.error().cause as Error).message, /still being loaded after 20 ms/);
    // The module itself may come later than the limit.
    await until(() => 'letGo' in globalThis);
    const again = unit.waitFor();
    assert.ok(again instanceof Promise);
    (globalThis as { letGo?: () => void }).letGo?.();
    await again;
    await until(() => unit.serving !== undefined);
    assert.equal(unit.waitFor(), undefined);
  });
});
