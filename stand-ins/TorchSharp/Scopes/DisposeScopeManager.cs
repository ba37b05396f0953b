namespace TorchSharp;

/// <summary>The stack of dispose scopes of one thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? current;

    internal static DisposeScopeManager OfThread => current ??= new DisposeScopeManager();

    /// <summary>The calling thread's counts.</summary>
    public static ThreadDisposeScopeStatistics Statistics => OfThread.Counts;

    internal ThreadDisposeScopeStatistics Counts { get; } = new();

    internal DisposeScope? Innermost { get; set; }

    internal DisposeScope? Register(torch.Tensor tensor)
    {
        var scope = Innermost;
        if (scope is null)
        {
            Counts.TensorStatistics.CreatedOutsideScopeCount++;
            return null;
        }
        Counts.TensorStatistics.CreatedInScopeCount++;
        scope.Disposables.Add(tensor);
        return scope;
    }

    internal void Disposing(torch.Tensor tensor)
    {
        if (tensor.OwningDisposeScope is null)
            Counts.TensorStatistics.DisposedOutsideScopeCount++;
        else
            Counts.TensorStatistics.DisposedInScopeCount++;
    }

    internal void Remove(DisposeScope closed)
    {
        if (ReferenceEquals(Innermost, closed))
        {
            Innermost = closed.Outer;
            return;
        }
        for (var scope = Innermost; scope is not null; scope = scope.Outer)
        {
            if (ReferenceEquals(scope.Outer, closed))
            {
                scope.Outer = closed.Outer;
                return;
            }
        }
    }
}

public static partial class torch
{
    /// <summary>Opens a scope: what is made on this thread until it is disposed goes with it, unless moved out.</summary>
    public static DisposeScope NewDisposeScope()
    {
        var manager = DisposeScopeManager.OfThread;
        return manager.Innermost = new DisposeScope(manager);
    }
}
