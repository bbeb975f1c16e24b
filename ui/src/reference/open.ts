// The way to the reference, which comes when somebody asks for it.
import { late } from '../api'
import { provide, word } from '../commands/table'
import { attempt } from '../state'

// lookUp opens the reference: at the name where the editor's cursor is, if the focus is there and it has something to say.
export const lookUp = () => attempt(async () => (await late(import('./reference'))).showReference())

provide([{ id: 'help.lookUp', group: 'help', label: word('key.lookUp'), keys: ['F1'], act: lookUp }])
