// The test kit, published as `yunction/testing`: fakes of all that a handler is given, and a whole application on a
// port of its own. reflect-metadata comes first, because tsyringe refuses to be loaded without it.
import 'reflect-metadata';

// A handler called by itself.
export type { FakeContextInit } from './fake-request.js';
export { FakeHttpContext, fakeHttpContext } from './fake-http-context.js';
export { FakeSseContext, fakeSseContext, type FakeSseContextInit } from './fake-sse-context.js';
export { FakeSseStream } from './fake-sse-stream.js';
export { FakeUpgradeContext, fakeUpgradeContext } from './fake-upgrade-context.js';
export { FakeWebSocketConnection } from './fake-web-socket-connection.js';
export { FakeWebSocketContext, fakeWebSocketContext } from './fake-web-socket-context.js';
export { validateEvent, type ValidateEventOptions } from './validate-event.js';

// A whole application.
export { HttpRefused } from './http-refused.js';
export type { TestRequestInit } from './send-request.js';
export type { TestQuery } from './fake-request.js';
export { TestApplication, testApplication, type TestApplicationOptions } from './test-application.js';
export { TestEventStream } from './test-event-stream.js';
export { TestResponse } from './test-response.js';
export { TestSseEvent } from './test-sse-event.js';
export { TestWebSocket, type TestWebSocketInit, type WebSocketEnd } from './test-web-socket.js';
