namespace Winnow.Mail.Reports;

/// <summary>Why a delivery failed, and how we know.</summary>
/// <param name="Reason">The fine reason.</param>
/// <param name="Verdict">What it says about the address.</param>
/// <param name="Permanent">False when the other side said that a retry may succeed (a reply or status of class 4).</param>
/// <param name="Rule">The rule that decided, such as <c>text: user unknown</c> or <c>status: 5.1.1</c>.</param>
/// <param name="Evidence">The words of the report or reply that the rule was applied to, at most 500 characters.</param>
public sealed record BounceCause(BounceReason Reason, Verdict Verdict, bool Permanent, string Rule, string Evidence)
{
    /// <summary>Who can mend it.</summary>
    public FaultSide Fault => Reason.Facts().Fault;

    /// <summary>True when the address is dead: the only hard bounce by default.</summary>
    public bool IsHard => Verdict == Verdict.AddressDead;
}
