// schema: what the API's own description (/openapi.json) says of commands, events and answers. The pages have no other list
// of fields, of their limits, or of what a word means.
import { get } from '/api.js';

let description = { paths: {}, components: { schemas: {} } };

export async function loadSchema() {
  description = await get('/openapi.json');
}

export function resolve(schema) {
  const name = schema?.$ref?.split('/').at(-1);
  return name ? description.components.schemas[name] : schema;
}

function commandAt(path, verb) {
  const post = description.paths[path]?.post;
  const schema = resolve(post?.requestBody?.content['application/json'].schema);
  return schema && { verb, summary: post.summary, schema };
}

// POST /v1/{nouns}: what makes one.
export function creator(nouns, verb) {
  return commandAt(`/v1/${nouns}`, verb);
}

// Everything that can be asked of one: POST /v1/{nouns}/{id}/{verb}, by verb.
export function commandsOn(nouns) {
  const prefix = `/v1/${nouns}/{id}/`;
  const commands = new Map();
  for (const path of Object.keys(description.paths)) {
    const verb = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    const command = verb && commandAt(path, verb);
    if (command) commands.set(verb, command);
  }
  return commands;
}

// The fields that a person fills in: `client` is said in the query string.
export function fieldsOf(command) {
  return Object.entries(command.schema.properties ?? {}).filter(([name]) => name !== 'client');
}

// The schema of what an event says; CloudEvents name their log in `source`.
export function eventSchema(event) {
  const service = event.id.split('/')[0];
  return description.components.schemas[`${service}.event.${event.type}`] ?? {};
}

// What GET /v1/{nouns}/{id} answers.
export function entitySchema(nouns) {
  const answer = description.paths[`/v1/${nouns}/{id}`]?.get.responses['200'];
  return resolve(answer?.content['application/json'].schema) ?? {};
}

// Where things of a noun are listed, "/v1/components" of a component; nothing where they are not.
export function listPath(noun) {
  const one = Object.entries(description.paths).find(([, path]) => path.get?.operationId === `get-${noun}`);
  const path = one?.[0].replace('/{id}', '');
  return path && description.paths[path]?.get ? path : '';
}

export function propertyOf(schema, name) {
  return resolve(schema.properties?.[name]) ?? {};
}

// A parameter of GET /v1/queries/{name}.
export function querySchema(name, parameter) {
  const parameters = description.paths[`/v1/queries/${name}`]?.get.parameters ?? [];
  return parameters.find((one) => one.name === parameter)?.schema;
}

// What GET /v1/queries/{name} answers: one, or one of its rows.
export function answerSchema(name) {
  const answer = resolve(description.paths[`/v1/queries/${name}`]?.get.responses['200']?.content['application/json'].schema);
  const rows = resolve(answer?.properties?.rows);
  return (rows ? resolve(rows.items) : answer) ?? {};
}
