import { type Schema, schemaParts } from '@triflow/protocol';

/**
 * What decoding a record's canonical bytes would give, made from the record that its schema has
 * just checked: absent members are left out, the order is the schema's. Undefined where only
 * decoding tells: for bytes, null, -0, and wherever the schema does not say of a value whether it
 * is a big integer, for the bytes say no more than that it is an integer.
 */
export function recordAsRead(schema: Schema, record: unknown): unknown {
  if (typeof record !== 'object') return primitiveAsRead(schema, record);
  const { type, innerType, element, shape } = schemaParts(schema);
  if (type === 'optional' && innerType !== undefined) return recordAsRead(innerType, record);
  if (type === 'array' && element !== undefined && Array.isArray(record)) {
    return listAsRead(element, record);
  }
  if (type !== 'object' || shape === undefined || record === null) return undefined;
  return membersAsRead(shape, record);
}

function primitiveAsRead(schema: Schema, value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  const { type, innerType } = schemaParts(schema);
  if (type === 'optional' && innerType !== undefined) return primitiveAsRead(innerType, value);
  if (typeof value === 'bigint') return type === 'bigint' ? value : undefined;
  const isPlain = type === 'number' || type === 'literal';
  return typeof value === 'number' && isPlain && !Object.is(value, -0) ? value : undefined;
}

function listAsRead(element: Schema, list: readonly unknown[]): unknown[] | undefined {
  const items: unknown[] = [];
  for (const item of list) {
    const read = recordAsRead(element, item);
    if (read === undefined) return undefined;
    items.push(read);
  }
  return items;
}

function membersAsRead(
  shape: Readonly<Record<string, Schema>>,
  record: object,
): object | undefined {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    if (value === undefined) continue;
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const read = schema === undefined ? undefined : recordAsRead(schema, value);
    if (read === undefined) return undefined;
    members[name] = read;
  }
  return members;
}
