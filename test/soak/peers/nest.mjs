// The same handler on Nest with its Fastify adapter, with its shutdown hooks.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../../bench/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
await load('reflect-metadata');
const { Body, Controller, HttpCode, Module, Post } = await load('@nestjs/common');
const { NestFactory } = await load('@nestjs/core');
const { FastifyAdapter } = await load('@nestjs/platform-fastify');

class WorkController {
  async work(body) {
    await sleep(5 + Math.random() * 10);
    return { number: body.number };
  }
}
// What the compiler makes of decorators, written out.
const descriptor = Object.getOwnPropertyDescriptor(WorkController.prototype, 'work');
Post('work')(WorkController.prototype, 'work', descriptor);
HttpCode(200)(WorkController.prototype, 'work', descriptor);
Body()(WorkController.prototype, 'work', 0);
Controller()(WorkController);
class AppModule {}
Module({ controllers: [WorkController] })(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.stdout.write(`ready on ${await app.getUrl()}\n`);
