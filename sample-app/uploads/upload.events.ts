import { IsInstance, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { UploadedFile } from 'yunction';

/** A multipart form: the part `file` and, if wanted, a text field. How large it may be stands in app.ts. */
export class AddUpload {
  @IsInstance(UploadedFile, { message: 'choose a file' }) file!: UploadedFile;
  @IsString() @MaxLength(200) @IsOptional() note?: string;
}

export class FindUpload {
  @IsUUID() id!: string;
}
