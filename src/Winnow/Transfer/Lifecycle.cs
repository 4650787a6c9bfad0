using Winnow.Contacts;

namespace Winnow.Transfer;

/// <summary>The order of the lifecycle stages: an import moves a contact forward, never back.</summary>
internal static class Lifecycle
{
    private static readonly Property Stage = BuiltInProperties.Of("lifecyclestage");

    /// <summary>Whether setting the property to this value would move the stage back.</summary>
    public static bool GoesBack(Property property, object? present, object next) => property.Id == Stage.Id && present is not null && (next == ImportPlan.Emptied || Rank(next) < Rank(present));

    private static int Rank(object stage) => Stage.Options.TakeWhile(o => o.Value != (string)stage).Count();
}
