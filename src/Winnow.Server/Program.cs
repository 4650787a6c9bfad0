using Winnow.Server.Demo;
using Winnow.Server.Lists;
using Winnow.Server.Roles;

if (args is ["check", "lists", ..]) return await CheckListsCommand.Run(args[2..], Console.Out);
await using var app = args is ["demo", ..] ? await DemoServer.Build(args[1..]) : await WinnowServer.Build(args);
await app.RunAsync();
return 0;

/// <summary>The entry point; public so that tests can start the real server.</summary>
public partial class Program;
