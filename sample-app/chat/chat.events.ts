import { IsString, Length, Matches } from 'class-validator';

export class AskTicket {
  @IsString() @Length(1, 24) name!: string;
}

/** `room` comes from the path, `ticket` from the query: an upgrade has no body, and browsers cannot give it headers. */
export class JoinRoom {
  @Matches(/^[\w-]{1,32}$/, { message: 'room has 1 to 32 letters, digits, - or _' }) room!: string;
  @IsString() ticket!: string;
}

export class Say {
  @IsString() @Length(1, 500) text!: string;
}
