exports.main = function (event, context) {
  const { httpContext } = context;
  const { url, httpMethod } = httpContext;
  return `[${httpMethod}][${new URL(url).pathname}] Hello world!`;
};
