using Winnow.Email.Sending;
using Winnow.Jobs;

namespace Winnow.Tests;

public sealed class HandOverLogTests
{
    [Fact]
    public void Who_comes_after_a_run_reads_what_it_handed_over_and_stops_it()
    {
        using var log = HandOverLog.Begin();
        for (var contact = 1L; contact <= 1_000; contact++) log.Note(contact);
        var noted = HandOverLog.Close(log.Name);
        log.Taken(7);
        Assert.Equal(Enumerable.Range(1, 1_000).Select(i => (long)i), noted!.Contacts.Order());
        Assert.Empty(noted.Taken);
        Assert.Throws<LeaseLostException>(() => log.Note(1_001));                    // a process that was only slow, not dead
        Assert.Equal(1_000, HandOverLog.Close(log.Name)!.Contacts.Count(id => id <= 1_000));                     // read again after a rollback
        Assert.Equal([7], HandOverLog.Close(log.Name)!.Taken);
        log.Back(8);
        Assert.DoesNotContain(8, HandOverLog.Close(log.Name)!.Contacts);
        HandOverLog.Forget(log.Name);
        Assert.Null(HandOverLog.Close(log.Name));
    }

    [Fact]
    public void A_log_that_is_not_here_is_not_believed_to_be_empty()
    {
        Assert.Null(HandOverLog.Close(null));
        Assert.Null(HandOverLog.Close(Guid.NewGuid().ToString("N")));
    }

    [Fact]
    public async Task No_mail_goes_out_unseen_while_a_log_is_being_closed()
    {
        for (var round = 0; round < 200; round++)
        {
            using var log = HandOverLog.Begin();
            var sent = 0L;
            var writer = Task.Run(() =>
            {
                try { while (true) { log.Note(sent + 1); sent++; } }
                catch (LeaseLostException) { }
            });
            while (Volatile.Read(ref sent) < 5) await Task.Yield();
            var noted = HandOverLog.Close(log.Name)!;
            await writer;
            Assert.All(Enumerable.Range(1, (int)sent), contact => Assert.Contains(contact, noted.Contacts));
            HandOverLog.Forget(log.Name);
        }
    }

    [Theory, Databases]
    public async Task After_a_crash_without_a_log_nobody_who_was_taken_up_is_sent_it_again(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 20, relay.Port);
        await send.Order();
        await send.App.Execute("update marketing_emails set frozen = true, hand_over_log = 'gone', taken_up_to = 5 where account_id = 1");
        await send.App.Execute("insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) select 1, @Email, id, email, email_key, 'queued', 0 from contacts where account_id = 1", new { send.Email });
        await send.App.RunJobs();
        Assert.Equal("sent 15, unknown 5", await send.Outcomes());
        Assert.Equal(15, relay.Mails.Count);
    }
}
