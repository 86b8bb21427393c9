import { BUNDLE_ELEMENT_ID } from '@tenuto/contract';

/**
 * What the page does by itself: it filters the lists, and looks whether its data are what their hash
 * says. Without it everything is there all the same.
 */
export const SCRIPT = `
(function () {
  'use strict';
  document.querySelectorAll('input.find').forEach(function (input) {
    var rows = document.querySelectorAll('#' + input.dataset.list + ' tbody tr');
    input.hidden = rows.length < 8;
    input.addEventListener('input', function () {
      var wanted = input.value.toLowerCase();
      rows.forEach(function (row) {
        row.hidden = wanted !== '' && row.textContent.toLowerCase().indexOf(wanted) < 0;
      });
    });
  });
  function canonical(value) {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']';
    return '{' + Object.keys(value).sort().map(function (name) {
      return JSON.stringify(name) + ':' + canonical(value[name]);
    }).join(',') + '}';
  }
  var verdict = document.getElementById('verdict');
  if (!window.crypto || !crypto.subtle) return;
  var bundle = JSON.parse(document.getElementById('${BUNDLE_ELEMENT_ID}').textContent);
  var hash = bundle.integrity.hash;
  delete bundle.integrity;
  crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(bundle))).then(function (found) {
    var hex = Array.from(new Uint8Array(found), function (byte) {
      return byte.toString(16).padStart(2, '0');
    }).join('');
    var good = hex === hash;
    verdict.textContent = good ? 'Its data are what their hash says.' : 'Its data have been changed: they are not what their hash says.';
    verdict.className = good ? '' : 'error';
  });
})();
`;
