import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { IsInt, IsOptional } from 'class-validator';
import { request } from 'undici';
import { FromBody } from '#src/decorators/from.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve, type Served } from '../serve.js';

class Search {
  @IsInt() page!: number;
}

class Removal {
  @IsInt() @IsOptional() page?: number;
  @FromBody('reason') reason?: unknown;
}

@Controller()
class Readers {
  @Http(['GET', 'POST'], '/search')
  search(event: Search): unknown {
    return event;
  }

  @Http('DELETE', '/removal')
  remove(event: Removal): unknown {
    return event;
  }

  @Http('POST', '/bytes')
  bytes(body: Buffer): Buffer {
    return body;
  }

  @Http('POST', '/text')
  text(body: string): unknown {
    return { body };
  }

  @Http('POST', '/stream', { maxBodyBytes: 3 })
  async stream(body: Readable): Promise<unknown> {
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString();
  }

  @Http('POST', '/plain')
  plain(event: unknown): unknown {
    return { event };
  }

  @Http('POST', '/small', { maxBodyBytes: 3 })
  small(body: string): string {
    return body;
  }
}

describe('a handler’s event', () => {
  let served: Served;
  const send = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: string | Buffer, type?: string) => {
    const got = await request(`${served.url}${path}`, {
      method,
      ...(body !== undefined && { body }),
      ...(type !== undefined && { headers: { 'Content-Type': type } }),
    });
    return [got.statusCode, await got.body.text()];
  };
  before(async () => {
    served = await serve({ controllers: [Readers] });
  });
  after(() => served.close());

  it('comes from query or body on a route of both, as the method says', async () => {
    assert.deepEqual(await send('GET', '/search?page=2'), [200, '{"page":2}']);
    assert.deepEqual(await send('POST', '/search?page=2', '{"page":3}', 'application/json'), [200, '{"page":3}']);
  });

  it('has a property of the body where one asks for it, whatever the method', async () => {
    const answer = await send('DELETE', '/removal?page=1', '{"reason":"old"}', 'application/json');
    assert.deepEqual(answer, [200, '{"page":1,"reason":"old"}']);
  });

  it('is the raw bytes, the text or what the body parses to', async () => {
    assert.deepEqual(await send('POST', '/bytes', '{"a":', 'application/json'), [200, '{"a":']);
    assert.deepEqual(await send('POST', '/bytes'), [200, '']);
    assert.deepEqual(await send('POST', '/text', Buffer.from([0xe9]), 'text/plain; charset=latin1'), [
      200,
      '{"body":"é"}',
    ]);
    assert.deepEqual(await send('POST', '/plain', 'a=1&a=2', 'application/x-www-form-urlencoded'), [
      200,
      '{"event":{"a":["1","2"]}}',
    ]);
    assert.deepEqual(await send('POST', '/plain', 'null', 'application/json'), [200, '{"event":null}']);
  });

  it('is the body as a stream, within the route’s limit', async () => {
    assert.deepEqual(await send('POST', '/stream', 'abc'), [200, 'abc']);
    assert.equal((await send('POST', '/stream', 'abcd'))[0], 413);
  });

  it('keeps to the route’s own limit', async () => {
    assert.deepEqual(await send('POST', '/small', 'abc', 'text/plain'), [200, 'abc']);
    assert.equal((await send('POST', '/small', 'abcd', 'text/plain'))[0], 413);
  });
});
