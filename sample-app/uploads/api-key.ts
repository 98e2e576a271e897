import { apiKey } from 'yunction/security';

/** Middleware: lets through only who sends the right `X-Api-Key`. `@Use(uploadKey)` puts it around a controller. */
export const uploadKey = apiKey({ keys: [process.env['SAMPLE_API_KEY'] ?? 'let-me-in'] });
