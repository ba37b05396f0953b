// Evaluates a CRD's x-kubernetes-validations, as an API server does: `self` typed by the schema, whole numbers and fractions told apart, `oldSelf` at changes only.
//   node evaluate.mjs FOLDER-WITH-node_modules < {"schema": ..., "cases": [{"name", "object", "old"?}]} > {"checks": [{"path", "rule", "error"?}], "results": {NAME: [{"path", "rule", "message"}]}}
import {createRequire} from 'node:module'
import {join, resolve as absolute} from 'node:path'
import {pathToFileURL} from 'node:url'
import {isDeepStrictEqual} from 'node:util'

const resolve = createRequire(join(absolute(process.argv[2]), 'package.json')).resolve
const {Environment} = await import(pathToFileURL(resolve('@marcbachmann/cel-js')))
const input = JSON.parse(await new Promise(done => { let text = ''; process.stdin.on('data', part => text += part).on('end', () => done(text)) }))

// The CEL type of a schema; objects get a type of their own, named after their path.
function declare(env, schema, path) {
  switch (schema.type) {
    case 'integer': return 'int'
    case 'number': return 'double'
    case 'boolean': return 'bool'
    case 'string': return 'string'
    case 'array': return `list<${declare(env, schema.items, path + '_item')}>`
  }
  if (schema.additionalProperties) return `map<string, ${declare(env, schema.additionalProperties, path + '_value')}>`
  const fields = {}
  for (const [name, member] of Object.entries(schema.properties ?? {})) fields[name] = declare(env, member, `${path}_${name}`)
  env.registerType(path, {fields})
  // an API server compares objects member by member
  env.registerOperator(`${path} == ${path}`, (a, b) => isDeepStrictEqual(plain(a), plain(b)))
  return path
}

const plain = value => JSON.parse(JSON.stringify(value, (_, v) => typeof v === 'bigint' ? Number(v) : v instanceof Map ? Object.fromEntries(v) : v))

// A JSON value as CEL sees it; what the schema does not know is not seen.
function typed(schema, value) {
  switch (schema.type) {
    case 'integer': return BigInt(value)
    case 'array': return value.map(item => typed(schema.items, item))
    case 'object':
      if (schema.additionalProperties) return value
      return Object.fromEntries(Object.entries(value).filter(([name]) => schema.properties?.[name]).map(([name, v]) => [name, typed(schema.properties[name], v)]))
    default: return value
  }
}

// Every node that has rules, with its values: [path, schema, value, old value].
function* nodes(path, schema, value, old) {
  if (schema['x-kubernetes-validations']) yield [path, schema, value, old]
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    if (value === undefined || value[name] !== undefined) yield* nodes(`${path}.${name}`, member, value?.[name], old?.[name])
  if (schema.type === 'array')
    for (const [i, item] of (value ?? [undefined]).entries()) yield* nodes(`${path}[${value ? i : ''}]`, schema.items, item, undefined)
}

const environments = new Map()
function environment(path, schema) {
  const key = path.replace(/\[\d+\]/g, '[]')
  if (!environments.has(key)) {
    const env = new Environment()
    const type = declare(env, schema, 'Self')
    environments.set(key, env.registerVariable('self', type).registerVariable('oldSelf', type))
  }
  return environments.get(key)
}

const checks = []
for (const [path, schema] of nodes('', input.schema)) {
  for (const {rule} of schema['x-kubernetes-validations']) {
    const {valid, type, error} = environment(path, schema).check(rule)
    checks.push({path, rule, error: !valid ? error.message : type !== 'bool' ? `is of type ${type}` : undefined})
  }
}

const results = {}
for (const {name, object, old} of input.cases) {
  results[name] = []
  for (const [path, schema, value, before] of nodes('', input.schema, object, old ?? undefined)) {
    for (const {rule, message} of schema['x-kubernetes-validations']) {
      if (rule.includes('oldSelf') && before === undefined) continue
      const variables = {self: typed(schema, value)}
      if (before !== undefined) variables.oldSelf = typed(schema, before)
      let refusal = message
      // what cannot be evaluated is refused too
      try { if (environment(path, schema).evaluate(rule, variables) === true) continue } catch (e) { refusal = e.message.split('\n')[0] }
      results[name].push({path: path.replace(/^\./, ''), rule, message: refusal})
    }
  }
}
process.stdout.write(JSON.stringify({checks, results}))
