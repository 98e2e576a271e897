import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FromBody, FromCookie, FromHeader, FromPath, FromQuery } from '#src/decorators/from.js';
import { sourcesOf } from '#src/events/source-records.js';

class Everything {
  @FromPath() id!: string;
  @FromPath('order') orderId!: string;
  @FromQuery('v') verbose!: string;
  @FromCookie() session!: string;
  @FromHeader() userAgent!: string;
  @FromHeader('X-Request-ID') requestId!: string;
  @FromBody('item') item!: string;
  @FromBody() whole!: unknown;

  // @ts-expect-error -- a method is not a property
  @FromQuery()
  method(
    // @ts-expect-error -- nor is a parameter
    @FromQuery() parameter: string,
  ): string {
    return parameter;
  }
}

describe('the @From… decorators', () => {
  it('record the source and the name', () => {
    const records = new Map(sourcesOf(Everything).map(({ property, source, name }) => [property, [source, name]]));
    records.delete('method');
    assert.deepEqual(Object.fromEntries(records), {
      id: ['path', undefined],
      orderId: ['path', 'order'],
      verbose: ['query', 'v'],
      session: ['cookie', undefined],
      userAgent: ['header', 'user-agent'],
      requestId: ['header', 'x-request-id'],
      item: ['body', 'item'],
      whole: ['body', undefined],
    });
  });

  it('turn the name of a property into the style of headers', () => {
    class Headers {
      @FromHeader() accept!: string;
      @FromHeader() ETag!: string;
      @FromHeader() ifNoneMatch!: string;
    }
    assert.deepEqual(
      sourcesOf(Headers).map(({ name }) => name),
      ['accept', 'e-tag', 'if-none-match'],
    );
  });
});
