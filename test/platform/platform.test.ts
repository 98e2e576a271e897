import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { detectPlatform, PLATFORMS, reservedPorts } from '#src/platform/platform.js';

describe('detectPlatform', () => {
  for (const [env, name] of [
    [{ TENCENTCLOUD_RUNENV: 'SCF' }, 'scf'],
    [{ SCF_NAMESPACE: 'default' }, 'scf'],
    [{ FC_FUNCTION_NAME: 'f' }, 'fc'],
    [{ FC_FUNC_CODE_PATH: '/code' }, 'fc'],
    [{ K_SERVICE: 's' }, 'container'],
    [{ CBR_ENV_ID: 'e' }, 'container'],
    [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'container'],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'f' }, 'container'],
    [{ AWS_LWA_PORT: '8080' }, 'container'],
    [{ TENCENTCLOUD_RUNENV: 'OTHER', PORT: '8080' }, 'local'],
    [{}, 'local'],
  ] as const) {
    it(`finds ${name} by ${JSON.stringify(env)}`, () => assert.equal(detectPlatform(env), name));
  }
});

describe('PLATFORMS', () => {
  it('close WebSockets on scf with a code that it counts as success', () => {
    assert.ok([1000, 1010, 1011].includes(PLATFORMS.scf.closeCode));
  });

  it('trust the proxy’s headers only where a gateway writes them', () => {
    assert.deepEqual(
      Object.values(PLATFORMS).map(({ name, trustProxy }) => [name, trustProxy]),
      [
        ['scf', true],
        ['fc', true],
        ['container', true],
        ['local', false],
      ],
    );
  });

  it('bear their own names', () => {
    for (const [name, platform] of Object.entries(PLATFORMS)) assert.equal(platform.name, name);
  });
});

describe('reservedPorts', () => {
  it('are the platform’s, and on AWS Lambda that of its runtime interface', () => {
    assert.deepEqual(reservedPorts(PLATFORMS.scf, {}), [28902]);
    assert.deepEqual(reservedPorts(PLATFORMS.container, { AWS_LAMBDA_FUNCTION_NAME: 'f' }), [9001]);
    assert.deepEqual(reservedPorts(PLATFORMS.container, { K_SERVICE: 's' }), []);
  });
});
