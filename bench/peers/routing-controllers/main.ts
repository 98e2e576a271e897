// routing-controllers on Express, with its own validation by class-validator. It has no event streams and no WebSockets.
import 'reflect-metadata';
import {
  Body,
  BodyParam,
  createExpressServer,
  type ExpressErrorMiddlewareInterface,
  Get,
  HttpCode,
  HttpError,
  JsonController,
  Middleware,
  Param,
  Post,
  QueryParams,
  UploadedFile,
} from 'routing-controllers';
import { LinesQuery, PlaceOrder } from '../orders.dto.js';

@JsonController('/hello')
class HelloController {
  @Get('/')
  hello() {
    return { hello: 'world' };
  }
}

@JsonController('/orders')
class OrderController {
  @Get('/:id/lines')
  lines(@Param('id') id: number, @QueryParams() { page, limit, detailed }: LinesQuery) {
    return { id, page, limit, detailed };
  }

  @Post('/')
  @HttpCode(201)
  place(@Body() { customer, lines }: PlaceOrder) {
    let total = 0;
    for (const { quantity, price } of lines) total += quantity * price;
    return { customer: customer.name, lines: lines.length, total };
  }
}

@JsonController('/uploads')
class UploadController {
  @Post('/')
  @HttpCode(201)
  add(@UploadedFile('file') file: { size: number; originalname: string }, @BodyParam('note') note: string) {
    return { size: file.size, filename: file.originalname, note };
  }
}

// Without one, Express prints a stack for every invalid order.
@Middleware({ type: 'after' })
class ErrorAnswer implements ExpressErrorMiddlewareInterface {
  error(
    error: Error & { errors?: unknown },
    _request: unknown,
    response: { status(code: number): { json(body: unknown): void } },
  ) {
    const status = error instanceof HttpError ? error.httpCode : 500;
    response.status(status).json({ name: error.name, message: error.message, errors: error.errors });
  }
}

createExpressServer({
  controllers: [HelloController, OrderController, UploadController],
  middlewares: [ErrorAnswer],
  defaultErrorHandler: false,
  // The answer names what is wrong, not the values that were sent.
  validation: { whitelist: true, validationError: { target: false, value: false } },
}).listen(Number(process.env['PORT']), '0.0.0.0');
