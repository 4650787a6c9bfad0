using Winnow.Contacts;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>What can be done to an account and its contacts, for <see cref="MarketingModel"/> and for Winnow alike. <paramref name="Contact"/> is a place from 0.</summary>
public sealed record MarketingDeed(string Kind, int Contact, int Amount);

/// <summary>Marketing contacts as the article tells them, in a few lines without batches, jobs, time zones' rules or SQL: what Winnow must agree with.</summary>
public sealed class MarketingModel(PlanPeriod period, DateOnly boughtOn, TimeZoneInfo zone, DateTimeOffset now)
{
    private static readonly long[] Steps = [3, 6, 10, 20];
    private readonly List<(int Deed, Dictionary<int, Person> Before, bool Undone, DateTimeOffset At)> deeds = [];
    private DateOnly updatedOn = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
    private int peak, deed;

    public List<Person> People { get; } = [];
    public long? Tier { get; private set; }
    public long? LowerTo { get; private set; }
    public int Counting => People.Count(p => !p.Deleted && p.State != MarketingStanding.NonMarketing);
    public int Scheduled => People.Count(p => !p.Deleted && p.State == MarketingStanding.Scheduled);

    /// <summary>One person: a state, since when it is scheduled, and which deed last moved it.</summary>
    public sealed record Person(MarketingStanding State, DateTimeOffset Since, bool Deleted, int MovedBy);

    public void Add(bool marketing) => Seen(() => People.Add(new(marketing ? MarketingStanding.Marketing : MarketingStanding.NonMarketing, now, false, ++deed)));

    public void Set(int i, bool marketing) => Seen(() => People[i] = Moved(People[i], marketing, ++deed));

    public void Delete(int i, bool deleted) => Seen(() => People[i] = People[i] with { Deleted = deleted });

    /// <summary>How many a deed on everyone would change.</summary>
    public int Changing(bool marketing) => People.Count(p => !p.Deleted && Moved(p, marketing, 0).State != p.State);

    public void SetAll(bool marketing) => Seen(() =>
    {
        deed++;
        deeds.Add((deed, [], false, now));
        for (var i = 0; i < People.Count; i++)
            if (!People[i].Deleted && Moved(People[i], marketing, deed) is var moved && moved.State != People[i].State)
            {
                deeds[^1].Before[i] = People[i];
                People[i] = moved;
            }
    });

    /// <summary>Takes the last deed on everyone back, from those whom nothing moved since; false when there is none, or too long ago.</summary>
    public bool UndoAll()
    {
        if (deeds.Count == 0 || deeds[^1].Undone || deeds[^1].Before.Count == 0 || deeds[^1].At.AddDays(90) <= now) return false;
        Seen(() =>
        {
            var (which, before, _, at) = deeds[^1];
            deeds[^1] = (which, before, true, at);
            deed++;
            foreach (var (i, was) in before)
                if (!People[i].Deleted && People[i].MovedBy == which) People[i] = was with { Deleted = false, Since = now, MovedBy = deed };
        });
        return true;
    }

    public void Choose(long tier)
    {
        if (tier < (Tier ?? 0) || (tier < Counting && tier != Steps[^1]) || tier == Tier) return;
        (Tier, LowerTo, peak) = (tier, null, Counting);
    }

    public void AskLower(long tier)
    {
        if (tier < Tier) LowerTo = tier;
    }

    public void Wait(TimeSpan time) => now += time;

    /// <summary>How long it is to so many minutes before or after the first instant of the first update date that is so many days away.</summary>
    public TimeSpan Until(int days, int minutes) => Begin(Next(Today.AddDays(days))).AddMinutes(minutes) is var then && then > now ? then - now : TimeSpan.Zero;

    /// <summary>The schedule runs: all dates that came, then the tier.</summary>
    public void Tick()
    {
        for (var day = Next(updatedOn); day <= Today; day = Next(updatedOn))
        {
            updatedOn = day;
            for (var i = 0; i < People.Count; i++)
                if (People[i].State == MarketingStanding.Scheduled && People[i].Since < Begin(day)) People[i] = People[i] with { State = MarketingStanding.NonMarketing, MovedBy = ++deed };
            if (LowerTo is not { } lower || !Renews(day)) continue;
            if (Counting <= lower) (Tier, peak) = (lower, Counting);
            LowerTo = null;
        }
        if (Tier is { } tier && peak > tier && Math.Max(tier, Steps.Where(s => peak <= s).DefaultIfEmpty(Steps[^1]).First()) is var raised && raised > tier) (Tier, peak) = (raised, Counting);
    }

    private Person Moved(Person p, bool marketing, int by) => (p.State, marketing) switch
    {
        (MarketingStanding.NonMarketing, true) or (MarketingStanding.Scheduled, true) => p with { State = MarketingStanding.Marketing, MovedBy = by },
        (MarketingStanding.Marketing, false) => p with { State = MarketingStanding.Scheduled, Since = now, MovedBy = by },
        _ => p,
    };

    private void Seen(Action act)
    {
        act();
        peak = Math.Max(peak, Counting);
    }

    private DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);

    private DateOnly Next(DateOnly after)
    {
        do after = after.AddDays(1);
        while (!(Renews(after) || (period == PlanPeriod.Year && after.Day == 1)));
        return after;
    }

    private bool Renews(DateOnly day) => day > boughtOn && day.Day == Math.Min(boughtOn.Day, DateTime.DaysInMonth(day.Year, day.Month)) && (period == PlanPeriod.Month || day.Month == boughtOn.Month);

    /// <summary>The first quarter of an hour that the clocks of the account show as this day.</summary>
    private DateTimeOffset Begin(DateOnly day)
    {
        var at = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddHours(-15);
        while (DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime) < day) at = at.AddMinutes(15);
        return at;
    }
}
