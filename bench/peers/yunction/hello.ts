import { Controller, Http, start } from 'yunction';

@Controller('/hello')
export class HelloController {
  @Http('GET', '/')
  hello() {
    return { hello: 'world' };
  }
}

start({ controllers: [HelloController] });
