SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  // The badge would be fetched from elsewhere.
  validatorUrl: null,
});
