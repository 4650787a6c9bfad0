using System.Threading.Channels;

namespace Winnow.Email.Sending;

/// <summary>Gathers what many connections want written and writes it in one transaction after the other: whatever comes while one
/// commits goes into the next. One commit then serves many mails, and nobody waits for more than two.</summary>
internal sealed class GroupCommit<T> : IAsyncDisposable
{
    private readonly Channel<(T Item, TaskCompletionSource Done)> waiting = Channel.CreateUnbounded<(T, TaskCompletionSource)>();
    private readonly Func<IReadOnlyList<T>, Task> commit;
    private readonly int most;
    private readonly TimeSpan gather;
    private readonly Task loop;

    /// <param name="commit">Writes a group and commits; items are in the order in which they came.</param>
    /// <param name="most">The most items of a group.</param>
    /// <param name="gather">How long to wait for company before a group is written.</param>
    public GroupCommit(Func<IReadOnlyList<T>, Task> commit, int most, TimeSpan gather)
    {
        (this.commit, this.most, this.gather) = (commit, most, gather);
        loop = Task.Run(Loop);
    }

    /// <summary>Ends when the item is committed; throws what the commit threw.</summary>
    public Task Write(T item)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!waiting.Writer.TryWrite((item, done)), this);
        return done.Task;
    }

    /// <summary>Writes what is waiting and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
    }

    private async Task Loop()
    {
        var group = new List<(T Item, TaskCompletionSource Done)>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            if (gather > TimeSpan.Zero && waiting.Reader.Count < most && !waiting.Reader.Completion.IsCompleted) await Task.Delay(gather);
            group.Clear();
            while (group.Count < most && waiting.Reader.TryRead(out var next)) group.Add(next);
            await Commit(group);
        }
    }

    private async Task Commit(List<(T Item, TaskCompletionSource Done)> group)
    {
        try
        {
            await commit([.. group.Select(g => g.Item)]);
            foreach (var (_, done) in group) done.SetResult();
        }
#pragma warning disable CA1031 // whoever waits gets the exception, whatever it is
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var (_, done) in group)
            {
                done.SetException(e);
                _ = done.Task.Exception;        // seen: an outcome nobody waits for must not end the process
            }
        }
    }
}
