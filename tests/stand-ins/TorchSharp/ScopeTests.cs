using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class ScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = ones(2);
            Assert.True(scope.Contains(inside));
            Assert.Equal(1, scope.DisposablesCount);
        }
        Assert.True(inside.IsInvalid);
    }

    [Fact]
    public void Results_leave_a_scope_explicitly()
    {
        Tensor moved, detached;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                moved = ones(1).MoveToOuterDisposeScope();
                detached = inner.Detach(ones(1));
            }
            Assert.False(moved.IsInvalid);
            Assert.True(outer.Contains(moved));
            Assert.False(outer.Contains(detached));
        }
        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        using (var scope = NewDisposeScope())
            scope.Attach(detached);
        Assert.True(detached.IsInvalid);
    }

    [Fact]
    public void What_is_kept_stays_in_its_scope()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(1), ones(1));
        Assert.Same(b, scope.DisposeEverythingBut(b));
        Assert.True(a.IsInvalid);
        Assert.Equal([b], scope.DisposablesView);
        var p = new Parameter(b);
        Assert.True(b.IsInvalid);
        Assert.True(scope.Contains(p));
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        Tensor? other = null;
        var thread = new Thread(() => other = ones(1));
        thread.Start();
        thread.Join();
        Assert.False(scope.Contains(other!));
        other!.Dispose();
    }

    [Fact]
    public void The_live_count_stays_flat_over_training_steps()
    {
        Leftovers.Collect();
        using var net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3));
        using var optimizer = optim.SGD(net.parameters(), 0.01, 0.9);
        using var adam = optim.Adam(net.parameters(), 0.01);
        var counts = new List<(long Total, long Thread)>();
        for (var i = 0; i < 200; i++)
        {
            using (NewDisposeScope())
            {
                var loss = nn.functional.cross_entropy(net.call(randn(4, 1, 8, 8)), tensor(new long[] { 0, 1, 2, 0 }));
                optimizer.zero_grad();
                loss.backward();
                nn.utils.clip_grad_norm_(net.parameters(), 1);
                optimizer.step();
                adam.step();
            }
            counts.Add((Tensor.TotalCount, DisposeScopeManager.Statistics.ThreadTotalLiveCount));
        }
        Assert.Single(counts.Skip(1).Distinct());
    }

    [Fact]
    public void A_step_without_a_scope_is_counted_as_a_leak()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var leaked = ones(1) + 1;
        Assert.Equal(before + 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        leaked.Dispose();
    }
}
