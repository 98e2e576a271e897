import type { IntegrationResponse, TcbEventFunction } from '@cloudbase/functions-typings';

export const main: TcbEventFunction<void, IntegrationResponse<string>> = function () {
  return {
    statusCode: 203,
    headers: { 'Content-Type': 'text/html', 'X-Tags': ['one', 'two'] },
    body: '<h1>Hello world!</h1>',
  };
};
