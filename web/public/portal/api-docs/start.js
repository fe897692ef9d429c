/* global SwaggerUIBundle */
// A session goes with every request by itself; a key is entered under «Authorize».
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  // Nothing is asked of anybody else's server.
  validatorUrl: null,
  tryItOutEnabled: true,
  docExpansion: 'list',
})
