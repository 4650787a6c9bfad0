using Winnow.Server.Roles;

var builder = WebApplication.CreateBuilder(args);
builder.AddWeb();
var app = builder.Build();
app.MapWeb();
app.Run();

/// <summary>The entry point; public so that tests can start the real server.</summary>
public partial class Program;
