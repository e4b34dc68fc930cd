// Validates data packages by Frictionless's own library: the descriptor by its
// profile, then every line of every table by its schema, with types, constraints,
// primary and foreign keys.
//
//   node validate.js FOLDER/datapackage.json...
//
// Every line is looked up among all reports: a thousand of them take half a minute,
// ten times as many a hundred times as long.
'use strict'

const { access } = require('node:fs/promises')
const { Package } = require('datapackage')

const shown = 20 // errors of a table

// explain is what an error says, with those that it is made of.
const explain = (e) => [e.message, ...(e.errors || []).map((one) => one.message)].join('; ')

// table reads a table whole and returns its errors.
async function table(resource) {
  let rows = 0
  let wrong = 0
  const errors = []
  const lines = await resource.iter({ relations: true, forceCast: true, stream: true })
  await new Promise((resolve, reject) => {
    lines.on('error', reject)
    lines.on('end', resolve)
    lines.on('data', (line) => {
      rows++
      if (line instanceof Error && wrong++ < shown) {
        errors.push(`${resource.name}, line ${line.rowNumber}: ${explain(line)}`)
      }
    })
  })
  if (wrong > shown) errors.push(`${resource.name}: ${wrong} lines of ${rows} are wrong`)
  console.log(`${resource.name}: ${rows} lines`)
  return errors
}

// validate returns the errors of a package. Tables are read where the descriptor is
// valid.
async function validate(path) {
  const data = await Package.load(path)
  const errors = data.errors.map(explain)
  if (!data.valid) return errors.length > 0 ? errors : ['the descriptor is not valid']
  for (const resource of data.resources) {
    if (!resource.tabular) {
      errors.push(`${resource.name} is no table`)
      continue
    }
    try {
      await access(resource.source) // the library crashes without
      errors.push(...(await table(resource)))
    } catch (e) {
      errors.push(`${resource.name}: ${explain(e)}`)
    }
  }
  return errors
}

async function main(paths) {
  if (paths.length === 0) throw new Error('usage: node validate.js FOLDER/datapackage.json...')
  for (const path of paths) {
    const errors = await validate(path).catch((e) => [explain(e)])
    for (const e of errors) console.error(`${path}: ${e}`)
    if (errors.length > 0) process.exitCode = 1
  }
}

main(process.argv.slice(2)).catch((e) => {
  console.error(explain(e))
  process.exitCode = 1
})
