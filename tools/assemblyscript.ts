export { createMemoryStream, main } from 'assemblyscript/asc'
