using System.Numerics;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>How clients share a data set: which share of each class goes to which shard. One law for train and test split, a function of (seed, partition, classes, shards).</summary>
public sealed class PartitionLaw
{
    private readonly long _seed;
    private readonly int _shards;

    // (class, shard): shares that sum to 1 over the shards; null: iid, whatever the class.
    private readonly double[][]? _shares;

    private PartitionLaw(long seed, int shards, double[][]? shares)
    {
        (_seed, _shards, _shares) = (seed, shards, shares);
    }

    /// <summary>Draws the law of a partition.</summary>
    /// <param name="partition">The method and its parameter.</param>
    /// <param name="seed">The job's.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="shards">Number of clients that share the data set.</param>
    /// <exception cref="ArgumentException">The method lacks its parameter, or it is out of range.</exception>
    public static PartitionLaw Draw(PartitionSpec partition, long seed, int classes, int shards) => new(seed, shards, partition.Method switch
    {
        PartitionMethod.Iid => null,
        PartitionMethod.Dirichlet => Dirichlet(partition.Alpha, seed, classes, shards),
        PartitionMethod.ClassesPerClient => HeldClasses(partition.Classes, seed, classes, shards),
        _ => throw new ArgumentException($"data.partition.method {partition.Method} is unknown", nameof(partition)),
    });

    /// <summary>The samples of one shard, in ascending order. The shards of a split are disjoint and complete.</summary>
    /// <param name="labels">The class of every sample of the split.</param>
    /// <param name="split">Name of the split (`train`, `t10k`): keys its own shuffle.</param>
    /// <param name="shard">From 0.</param>
    /// <typeparam name="T">Of a label.</typeparam>
    public int[] Shard<T>(ReadOnlySpan<T> labels, string split, int shard)
        where T : unmanaged, IBinaryInteger<T>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, _shards);
        if (_shares is null)
            return Sorted(Cut(new Draws(_seed, "partition/" + split).Permutation(labels.Length), [.. Enumerable.Repeat(1.0 / _shards, _shards)], shard));
        var own = new List<int>();
        var classes = Members(labels, _shares.Length);
        for (var c = 0; c < _shares.Length; c++)
        {
            var members = classes[c].ToArray();
            new Draws(_seed, "partition/" + split, index: c).Shuffle(members.AsSpan());
            own.AddRange(Cut(members, _shares[c], shard));
        }
        return Sorted([.. own]);
    }

    // The shard's slice of [0, n): from the rounded cumulative share before it to the one after it.
    private static int[] Cut(int[] items, double[] shares, int shard)
    {
        var before = shares.Take(shard).Sum();
        var from = (int)Math.Round(Math.Min(before, 1) * items.Length);
        var to = shard == shares.Length - 1 ? items.Length : (int)Math.Round(Math.Min(before + shares[shard], 1) * items.Length);
        return items[from..to];
    }

    // The samples of each class, in ascending order.
    private static List<int>[] Members<T>(ReadOnlySpan<T> labels, int classes)
        where T : unmanaged, IBinaryInteger<T>
    {
        var members = new List<int>[classes];
        for (var c = 0; c < classes; c++)
            members[c] = [];
        for (var i = 0; i < labels.Length; i++)
            members[int.CreateChecked(labels[i])].Add(i);
        return members;
    }

    private static int[] Sorted(int[] items)
    {
        Array.Sort(items);
        return items;
    }

    private static double[][] Dirichlet(double? alpha, long seed, int classes, int shards)
    {
        if (alpha is not > 0)
            throw new ArgumentException($"data.partition.alpha is {alpha?.ToString() ?? "not set"}: `dirichlet` needs a number above 0", nameof(alpha));
        return [.. Enumerable.Range(0, classes).Select(c => DirichletDraw.Next(new Draws(seed, "partition/dirichlet", index: c), alpha.Value, shards))];
    }

    private static double[][] HeldClasses(int? held, long seed, int classes, int shards)
    {
        if (held is not > 0 || held > classes)
            throw new ArgumentException($"data.partition.classes is {held?.ToString() ?? "not set"}: `classesPerClient` needs 1 to model.classes ({classes})", nameof(held));
        var holders = ClassHolders.Deal(new Draws(seed, "partition/classes"), held.Value, classes, shards);
        return [.. Enumerable.Range(0, classes).Select(c =>
        {
            var count = holders.Count(h => h.Contains(c));
            return holders.Select(h => h.Contains(c) ? 1.0 / count : 0).ToArray();
        })];
    }
}
