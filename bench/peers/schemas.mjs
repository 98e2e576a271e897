// The JSON Schemas of what is sent, for the peers whose way is Ajv. The classes of the decorator peers say the same.

const line = {
  type: 'object',
  required: ['sku', 'quantity', 'price'],
  properties: {
    sku: { type: 'string', pattern: '^[A-Z]{2}-\\d{4}$' },
    quantity: { type: 'integer', minimum: 1, maximum: 999 },
    price: { type: 'number', minimum: 0 },
    note: { type: 'string', maxLength: 200 },
  },
};

export const orderSchema = {
  type: 'object',
  required: ['customer', 'priority', 'createdAt', 'lines'],
  properties: {
    customer: {
      type: 'object',
      required: ['name', 'email'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 100 },
        email: { type: 'string', format: 'email' },
      },
    },
    priority: { type: 'string', enum: ['low', 'normal', 'high'] },
    createdAt: { type: 'string', format: 'date-time' },
    note: { type: 'string', maxLength: 500 },
    lines: { type: 'array', minItems: 1, maxItems: 100, items: line },
  },
};

export const pathSchema = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer', minimum: 1 } },
};

export const querySchema = {
  type: 'object',
  required: ['page', 'limit'],
  properties: {
    page: { type: 'integer', minimum: 1 },
    limit: { type: 'integer', minimum: 1, maximum: 100 },
    detailed: { type: 'boolean' },
  },
};

export const saySchema = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1, maxLength: 500 } },
};
