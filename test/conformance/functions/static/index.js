'use strict';

exports.main = (event, context) => `main ${new URL(context.httpContext.url).pathname}`;
