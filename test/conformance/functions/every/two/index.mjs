export const main = (event, context) => ({ two: context.httpContext.url });
