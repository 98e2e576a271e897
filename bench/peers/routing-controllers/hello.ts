import 'reflect-metadata';
import { createExpressServer, Get, JsonController } from 'routing-controllers';

@JsonController('/hello')
class HelloController {
  @Get('/')
  hello() {
    return { hello: 'world' };
  }
}

createExpressServer({ controllers: [HelloController] }).listen(Number(process.env['PORT']), '0.0.0.0');
