/** Lint rules: names that only one folder may use, so that what they stand for has one home. */

/** By rule: how the name looks in the syntax tree, and what to use elsewhere. */
const confined = {
  gpu: {
    selector:
      "TSTypeReference > Identifier[name='GPUDevice'], MemberExpression[object.name='navigator'][property.name='gpu']",
    message: 'Only src/engine/gpu talks to WebGPU devices; use what it exports.',
  },
  storage: {
    selector:
      "Identifier[name='indexedDB'], MemberExpression[object.name='navigator'][property.name='storage']",
    message: 'Only src/storage touches browser storage; use what it exports.',
  },
  network: {
    selector: "CallExpression[callee.name='fetch'], MemberExpression[property.name='fetch']",
    message:
      'Only src/storage/fetch.ts goes to the network (and the service worker, to its own origin); use what it exports.',
  },
  markup: {
    selector:
      "JSXAttribute[name.name='dangerouslySetInnerHTML'], MemberExpression[property.name='innerHTML']",
    message: 'Text from models and files is never markup.',
  },
  faults: {
    selector: "NewExpression[callee.name='StudioError']",
    message: 'Only src/faults makes faults: throw fault(code, data), or read one with faultFrom.',
  },
};

/** @param {{ selector: string, message: string }} name */
function rule({ selector, message }) {
  return {
    /** @param {{ report: (found: { node: unknown, message: string }) => void }} context */
    create: (context) => ({
      /** @param {unknown} node */
      [selector]: (node) => context.report({ node, message }),
    }),
  };
}

export default {
  meta: { name: 'confined' },
  rules: Object.fromEntries(Object.entries(confined).map(([name, value]) => [name, rule(value)])),
};
