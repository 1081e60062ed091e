import { type InputProblem, InvalidInputError } from '../domain/errors.ts';
import { builder } from './builder.ts';
import { UserErrorInterface } from './user-error.ts';

const InputProblemType = builder.objectRef<InputProblem>('InputProblem').implement({
  description: 'One thing wrong with an input, and where.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'The way to the value, arguments first, such as `["input", "to", "3"]`.',
    }),
    message: t.exposeString('message', {
      description: 'What is wrong with it, such as `Write the number in E.164, like +447911123456`.',
    }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input has problems. Nothing was done.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    problems: t.expose('problems', {
      type: [InputProblemType],
      description: 'All of them at once, in the order of the input.',
    }),
  }),
});
