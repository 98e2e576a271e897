import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, REDIS_SERVER, RedisServer, withoutRedis } from './redis-server.js';

/** Why tests with a Redis that speaks TLS are left out; `false`: they are not. */
export const withoutTlsRedis: string | false = withoutRedis || (process.env['CI'] === 'true' ? false : missing());

/** A Redis that speaks TLS alone, with a certificate for 127.0.0.1 (and for no name) of an authority of its own. */
export class TlsRedisServer extends RedisServer {
  /** The file of the authority's certificate. */
  readonly caFile: string;
  /** The authority's certificate. */
  readonly ca: string;

  constructor(port: number, folder: string) {
    const [caFile, certificate, key] = certify(folder);
    const files = ['--tls-ca-cert-file', caFile, '--tls-cert-file', certificate, '--tls-key-file', key];
    super(port, folder, [...files, '--tls-auth-clients', 'no'], true);
    this.caFile = caFile;
    this.ca = readFileSync(caFile, 'utf8');
  }
}

export async function startTlsRedis(): Promise<TlsRedisServer> {
  const server = new TlsRedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'yunction-redis-')));
  await server.start();
  return server;
}

/** Writes an authority's certificate, and the certificate and the key that it gives a server; gives their files. */
function certify(folder: string): readonly [ca: string, certificate: string, key: string] {
  const of = (name: string) => join(folder, name);
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...fresh, '-subj', '/CN=authority', '-keyout', of('ca.key'), '-out', of('ca.crt'));
  const issued = ['-CA', of('ca.crt'), '-CAkey', of('ca.key'), '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl('req', '-x509', ...fresh, '-subj', '/CN=redis', ...issued, '-keyout', of('key'), '-out', of('crt'));
  return [of('ca.crt'), of('crt'), of('key')];
}

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}

function missing(): string | false {
  if (spawnSync('openssl', ['version']).status !== 0) return 'openssl is not installed';
  // Without a certificate it ends at once, in words that tell whether it would know what to do with one.
  const { stdout } = spawnSync(REDIS_SERVER, ['--port', '0', '--tls-port', '1', '--save', ''], { encoding: 'utf8' });
  return stdout.includes('tls-cert-file') ? false : `${REDIS_SERVER} is built without TLS`;
}
