'use strict';
// Functions that say their names: `target` chooses one of them.

exports.a = (event, context) => `a ${context.httpContext.url}`;
exports.deeper = { ab: (event, context) => `ab ${context.httpContext.url}` };
exports.unrouted = () => 'unrouted';
