using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Winnow.Tests;

/// <summary>Runs the test once per database. PostgreSQL comes from WINNOW_TEST_POSTGRES (a connection string of a user who may
/// create databases); <c>./test</c> starts one and sets it. In CI it must be there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DatabasesAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        List<ITheoryDataRow> rows = [new TheoryDataRow<string>("sqlite")];
        if (TestDatabase.Postgres is not null) rows.Add(new TheoryDataRow<string>("postgres"));
        else rows.Add(new TheoryDataRow<string>("postgres") { Skip = Environment.GetEnvironmentVariable("CI") is null ? "WINNOW_TEST_POSTGRES is not set" : null });
        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(rows);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
