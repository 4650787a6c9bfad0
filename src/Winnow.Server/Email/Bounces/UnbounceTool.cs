using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Email.Bounces;
using Winnow.Server.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces;

/// <summary>What the pages that unbounce many share: the frozen receipt, the number typed, the order.</summary>
public abstract class UnbounceTool : ComponentBase
{
    /// <summary>The form's name.</summary>
    protected const string FormName = "unbounce";

    [SupplyParameterFromForm(FormName = FormName)] public long? Selection { get; set; }
    [SupplyParameterFromForm(FormName = FormName)] public string? Typed { get; set; }

    [SupplyParameterFromForm(FormName = FormName)] public string? Note { get; set; }

    [Inject] protected CurrentAccount Account { get; set; } = null!;
    [Inject] protected UnbounceContacts Unbounce { get; set; } = null!;
    [Inject] private IStringLocalizer<Words> Words { get; set; } = null!;
    [Inject] protected NavigationManager Nav { get; set; } = null!;

    protected FormErrors Errors { get; } = new();
    protected UnbounceReceipt? Receipt { get; private set; }
    protected (long Joined, long Left)? Changed { get; private set; }
    protected string? Wrong => refusal is null ? null : Words.Refused(refusal);

    private string? refusal;

    /// <summary>The receipt that was posted again, or a new one.</summary>
    protected async Task Load(UnbounceWish wish)
    {
        if (Selection is { } posted) Receipt = await Unbounce.Find(Account.Id, posted);
        if (Receipt is null) (Receipt, refusal) = await Unbounce.Freeze(Account.Id, wish, Account.TimeZone, Account.UserId);
    }

    /// <summary>Orders what the receipt shows.</summary>
    /// <param name="wrongNumber">What is said beside the number when it is another one.</param>
    protected async Task Order(UnbounceWish wish, string words, string title, string wrongNumber)
    {
        if (Receipt is null) return;
        var outcome = await Unbounce.Confirm(Account.Id, Receipt.SelectionId, TypedNumber.Read(Typed), wish, Account.TimeZone, words, title, Account.UserId, Note);
        Changed = outcome.Changed;
        if (outcome.JobId is { } job) Nav.NavigateTo($"/jobs/{job}");
        else if (outcome.WrongNumber) Errors.Add("Typed", wrongNumber);
        else if (outcome.Changed is not null) (Receipt, refusal) = await Unbounce.Freeze(Account.Id, wish, Account.TimeZone, Account.UserId);
        else refusal = outcome.Error;
    }
}
