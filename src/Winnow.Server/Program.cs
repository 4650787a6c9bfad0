using Winnow.Server.Roles;

await using var app = await WinnowServer.Build(args);
await app.RunAsync();

/// <summary>The entry point; public so that tests can start the real server.</summary>
public partial class Program;
