import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientAddress, type ProxiedRequest, requestUrl } from '#src/context/client-address.js';

function from(headers: ProxiedRequest['headers'], url = '/a?b'): ProxiedRequest {
  return { url, headers, socket: { remoteAddress: '10.0.0.1' } };
}

describe('the client’s address', () => {
  it('is that of the connection where no proxy is trusted', () => {
    assert.equal(clientAddress(from({ 'x-forwarded-for': '1.2.3.4', 'x-real-ip': '5.6.7.8' }), false), '10.0.0.1');
    assert.equal(clientAddress({ headers: {} }, false), '');
  });

  it('is the last that the trusted proxy has added: all before is the client’s own word', () => {
    assert.equal(clientAddress(from({ 'x-forwarded-for': 'forged, 1.2.3.4' }), true), '1.2.3.4');
    assert.equal(clientAddress(from({ 'x-forwarded-for': '2001:db8::1' }), true), '2001:db8::1');
    assert.equal(clientAddress(from({ 'x-real-ip': '5.6.7.8' }), true), '5.6.7.8');
    assert.equal(clientAddress(from({ 'x-forwarded-for': 'forged, ' }), true), '10.0.0.1');
    assert.equal(clientAddress(from({}), true), '10.0.0.1');
  });

  it('has no port, where the proxy writes one: each connection has another', () => {
    assert.equal(clientAddress(from({ 'x-forwarded-for': 'forged, 1.2.3.4:50000' }), true), '1.2.3.4');
    assert.equal(clientAddress(from({ 'x-forwarded-for': '[2001:db8::1]:50000' }), true), '2001:db8::1');
    assert.equal(clientAddress(from({ 'x-forwarded-for': '[2001:db8::1]' }), true), '2001:db8::1');
    assert.equal(clientAddress(from({ 'x-forwarded-for': '::ffff:1.2.3.4' }), true), '1.2.3.4');
    assert.equal(clientAddress(from({ 'x-real-ip': '5.6.7.8:1' }), true), '5.6.7.8');
  });
});

describe('the URL of a request', () => {
  it('has the Host of the request and http where no proxy is trusted', () => {
    const headers = { host: 'a.example', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };
    assert.equal(requestUrl(from(headers), false), 'http://a.example/a?b');
    assert.equal(requestUrl(from({}), false), 'http://localhost/a?b');
  });

  it('has the protocol and host that the trusted proxy names', () => {
    const headers = { host: 'inner', 'x-forwarded-proto': 'http,https', 'x-forwarded-host': 'forged, a.example' };
    assert.equal(requestUrl(from(headers), true), 'https://a.example/a?b');
  });

  it('takes of an absolute form only the path', () => {
    assert.equal(requestUrl(from({ host: 'a' }, 'http://evil.example/x?y'), false), 'http://a/x?y');
    assert.equal(requestUrl(from({ host: 'a' }, 'http://evil.example?y'), false), 'http://a/?y');
    assert.equal(requestUrl(from({ host: 'a' }, '//evil.example/x'), false), 'http://a//evil.example/x');
  });
});
