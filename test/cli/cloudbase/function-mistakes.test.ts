import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type DeployFacts, fieldsFor } from '#src/cli/cloudbase/function-fields.js';
import { functionMistakes } from '#src/cli/cloudbase/function-mistakes.js';

const PLAIN: DeployFacts = {
  takesWebSockets: false,
  streams: false,
  heartbeatMs: 30_000,
  wsIdleTimeoutMs: 0,
  executionTimeoutMs: 0,
  handlerTimeoutMs: 30_000,
};
const SOCKETS: DeployFacts = { ...PLAIN, takesWebSockets: true };
const BASE = { type: 'HTTP', runtime: 'Nodejs20.19' };
const WS = { ...BASE, protocolType: 'WS' };
const idle = (idleTimeOut: unknown) => ({ protocolParams: { wsParams: { idleTimeOut } } });

describe('functionMistakes', () => {
  it('finds none in what is written for the application', () => {
    for (const facts of [
      PLAIN,
      { ...PLAIN, streams: true },
      SOCKETS,
      { ...SOCKETS, wsIdleTimeoutMs: 15_000, heartbeatMs: 7500 },
    ]) {
      assert.deepEqual(functionMistakes(fieldsFor(facts, '.', 'Nodejs20.19'), facts, [22, 20]), []);
    }
  });

  it('believes what the command line tool fills in', () => {
    const filled = '{{env.VALUE}}';
    const fields = {
      type: filled,
      runtime: filled,
      timeout: filled,
      protocolType: filled,
      envVariables: { PORT: filled },
    };
    assert.deepEqual(functionMistakes(fields, SOCKETS, [20]), []);
    assert.deepEqual(functionMistakes({ ...WS, ...idle(filled) }, SOCKETS, [20]), []);
  });

  for (const [what, fields, facts, path, words] of [
    ['no HTTP function', { ...BASE, type: 'Event' }, PLAIN, 'type', /"type": "HTTP".*delete the function/],
    ['no kind at all', { runtime: 'Nodejs20.19' }, PLAIN, 'type', /no HTTP function/],
    ['a kind that the tool passes over', { ...BASE, type: undefined, isHTTP: true }, PLAIN, 'type', /isHTTP alone/],
    ['an old runtime', { ...BASE, runtime: 'Nodejs18.15' }, PLAIN, 'runtime', /too old.*Nodejs20\.19/],
    [
      'another runtime than the start script’s',
      { ...BASE, runtime: 'Nodejs22.21' },
      PLAIN,
      'runtime',
      /starts node 20/,
    ],
    ['another language', { ...BASE, runtime: 'Python3.10' }, PLAIN, 'runtime', /no Node/],
    ['an installation', { ...BASE, installDependency: true }, PLAIN, 'installDependency', /nothing is installed/],
    ['no WebSocket for sockets', BASE, SOCKETS, 'protocolType', /lets none through.*"WS"/],
    [
      'a protocol that there is not',
      { ...BASE, protocolType: 'HTTP' },
      PLAIN,
      'protocolType',
      /"WS" alone.*leave it out/,
    ],
    ['a switch that nobody needs', WS, PLAIN, 'protocolType', /never switches them off/],
    ['a connection shorter than its silence', { ...WS, timeout: 20, ...idle(60) }, SOCKETS, 'timeout', /below.*60/],
    [
      'less time than the application reckons with',
      { ...BASE, timeout: 3 },
      { ...PLAIN, executionTimeoutMs: 60_000 },
      'timeout',
      /write 60/,
    ],
    [
      'less silence than between two pings',
      { ...WS, timeout: 900 },
      SOCKETS,
      'protocolParams.wsParams.idleTimeOut',
      /after 15 s.*at least 60/,
    ],
    [
      'less silence than the application reckons with',
      { ...WS, ...idle(30) },
      { ...SOCKETS, wsIdleTimeoutMs: 60_000 },
      'protocolParams.wsParams.idleTimeOut',
      /60000 ms/,
    ],
    [
      'silence beyond the platform’s bounds',
      { ...WS, ...idle(8000) },
      SOCKETS,
      'protocolParams.wsParams.idleTimeOut',
      /10 to 7200/,
    ],
    [
      'a variable of the platform’s',
      { ...BASE, envVariables: { SCF_X: '1' } },
      PLAIN,
      'envVariables.SCF_X',
      /keeps that name/,
    ],
    ['another port', { ...BASE, envVariables: { PORT: 3000 } }, PLAIN, 'envVariables.PORT', /9000, not 3000/],
  ] as const) {
    it(`tells of ${what}`, () => {
      const mistakes = functionMistakes(fields, facts, [20]);
      assert.deepEqual(
        mistakes.map((mistake) => mistake.path.join('.')),
        [path],
      );
      assert.match(mistakes.map(({ problem, remedy }) => `${problem} → ${remedy}`).join(), words);
    });
  }

  it('says nothing of a start script that names no node: that is its own mistake', () => {
    assert.deepEqual(functionMistakes(BASE, PLAIN, []), []);
  });
});
