// signin: a token for a session.
import { h, replace } from '/dom.js';
import { signIn } from '/session.js';

export function showSignIn(root, { done }) {
  const error = h('p', { class: 'error', id: 'token-error', role: 'alert', hidden: true });
  const input = h('input', {
    id: 'token',
    name: 'token',
    type: 'password',
    autocomplete: 'current-password',
    'aria-describedby': 'token-help token-error',
  });
  const button = h('button', { class: 'primary' }, 'Sign in');
  let busy = false;
  const fail = (text) => {
    error.textContent = text;
    error.hidden = false;
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  };
  const submit = async (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (busy) return;
    if (!token) {
      fail('Paste your token here.');
      return;
    }
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    try {
      await signIn(token);
      done();
    } catch (problem) {
      fail(problem.status === 401 ? 'This token is not known, has ended, or was revoked.' : `${problem.title}. ${problem.message}`);
    } finally {
      busy = false;
      button.removeAttribute('aria-disabled');
    }
  };
  replace(root, h('div', { class: 'narrow' },
    h('h1', { tabindex: -1 }, 'Sign in'),
    h('form', { novalidate: true, on: { submit } },
      h('div', { class: 'field' },
        h('label', { for: 'token' }, 'Token'),
        h('p', { class: 'help', id: 'token-help' }, 'It is kept nowhere: you stay signed in by a cookie for twelve hours.'),
        error, input),
      h('div', { class: 'row' }, button)),
    h('h2', null, 'No token yet?'),
    h('p', null, 'Whoever runs the suite makes one on its machine and gives it to you. It is printed once:'),
    h('pre', null, h('code', null, 'redress token grant --person PERSON --role operator')),
    h('p', null, 'The person must be in the catalog. Roles are viewer, operator, administrator, and client for somebody at a client (with ',
      h('code', null, '--client client=CLIENT'), '); ', h('code', null, 'redress token grant --help'), ' says more.'),
    h('p', null, 'Programs send the token as ', h('code', null, 'Authorization: Bearer'), '; the API is described at ',
      h('a', { href: '/openapi.json' }, '/openapi.json'), '.')));
  input.focus();
}
