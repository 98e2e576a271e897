import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { combineObservers, type ObservedSocket, statusOf } from '#src/telemetry/observer.js';
import { anObservedRequest } from './observed-request.js';

describe('combineObservers', () => {
  it('makes none of none, so that nothing is called, and leaves one alone', () => {
    const one = {};
    assert.equal(combineObservers([]), undefined);
    assert.equal(combineObservers([one]), one);
  });

  it('tells all of everything, in order, whatever each of them listens to', () => {
    const told: string[] = [];
    const all = combineObservers([
      {
        requestBegan: () => told.push('a began'),
        requestEnded: () => told.push('a ended'),
        streamOpened: () => told.push('a stream'),
        socketOpened: () => told.push('a socket'),
        socketClosed: (_socket, code) => told.push(`a closed ${code}`),
      },
      {},
      { requestBegan: () => told.push('c began'), socketClosed: (_socket, code) => told.push(`c closed ${code}`) },
    ]);
    const request = anObservedRequest();
    const socket: ObservedSocket = { ...request, network: undefined, messagesIn: 0, messagesOut: 0, resumes: 0 };
    all?.requestBegan?.(request);
    all?.streamOpened?.(request, { opened: true, messages: 0, resumes: 0 });
    all?.requestEnded?.(request);
    all?.socketOpened?.(socket);
    all?.socketClosed?.(socket, 1000);
    assert.deepEqual(told, ['a began', 'c began', 'a stream', 'a ended', 'a socket', 'a closed 1000', 'c closed 1000']);
  });
});

describe('statusOf', () => {
  it('is what was sent, or 499 where the client left before anything was', () => {
    const request = anObservedRequest({ status: 201 });
    assert.equal(statusOf(request), 201);
    assert.equal(statusOf({ ...request, response: { ...request.response, headersSent: false } }), 499);
  });
});
