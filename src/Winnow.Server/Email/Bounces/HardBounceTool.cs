using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Email.Bounces;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces;

/// <summary>What the pages of both bounce tools share. A change of the choice asks for the page anew with the choice in the
/// address, so the count on the button is always the server's; the deed itself is posted and counted again.</summary>
public abstract class HardBounceTool : ComponentBase
{
    /// <summary>The form's name.</summary>
    protected const string FormName = "hard-bounces";

    [SupplyParameterFromForm(FormName = FormName)] public string? Name { get; set; }
    [SupplyParameterFromForm(FormName = FormName)] public long? List { get; set; }
    [SupplyParameterFromForm(FormName = FormName, Name = "Reason")] public string[]? PostedReason { get; set; }
    [SupplyParameterFromForm(FormName = FormName, Name = "Period")] public string? PostedPeriod { get; set; }
    [SupplyParameterFromForm(FormName = FormName, Name = "From")] public string? PostedFrom { get; set; }
    [SupplyParameterFromForm(FormName = FormName, Name = "Until")] public string? PostedUntil { get; set; }
    [SupplyParameterFromQuery] public string[]? Reason { get; set; }
    [SupplyParameterFromQuery] public string? Period { get; set; }
    [SupplyParameterFromQuery] public string? From { get; set; }
    [SupplyParameterFromQuery] public string? Until { get; set; }

    [Inject] protected CurrentAccount Account { get; set; } = null!;
    [Inject] protected BounceTools Tools { get; set; } = null!;
    [Inject] protected NavigationManager Nav { get; set; } = null!;
    [Inject] protected TimeProvider Clock { get; set; } = null!;
    [Inject] private IStringLocalizer<Words> T { get; set; } = null!;

    protected FormErrors Errors { get; } = new();
    protected HardBounceForm Form { get; private set; } = new();
    protected HardBounceChoice Choice { get; private set; } = new([]);
    protected HardBounceCounts Counts { get; private set; } = new(new Dictionary<string, long>(), 0);
    protected string? Refused { get; private set; }

    /// <summary>How many the present choice comes to.</summary>
    protected long Total => Counts.Of(Form.Reasons);

    protected override async Task OnInitializedAsync()
    {
        Form = PostedPeriod is null
            ? new() { Reason = Reason is { Length: > 0 } ? Reason : null, Period = Period, From = From, Until = Until }
            : new() { Reason = PostedReason, Period = PostedPeriod, From = PostedFrom, Until = PostedUntil };
        Choice = Form.Read(Errors, T, Account.TimeZone, Clock.GetUtcNow());
        Counts = await Tools.Count(Account.Id, Choice);
    }

    /// <summary>To the job, or the refusal beside its field.</summary>
    protected void End(long jobId, string? error, string field)
    {
        if (error is null) Nav.NavigateTo($"/jobs/{jobId}");
        else if (error == BounceTools.Nobody) Refused = T["No contact of this account hard bounced for these reasons on emails sent in this time."];
        else Errors.Add(field, error);
    }
}
