using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FsCheck;
using FsCheck.Fluent;

namespace FedOperator.Trainer.Tests.Data;

public sealed class PartitionLawTests
{
    private const int Classes = 10;

    [Fact]
    public void Every_partition_is_disjoint_and_complete() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        var labels = Labels(c.Seed, c.Samples);
        var law = PartitionLaw.Draw(c.Partition, c.Seed, Classes, c.Shards);
        var all = Enumerable.Range(0, c.Shards).SelectMany(shard => law.Shard(labels, "train", shard)).Order().ToArray();
        return all.SequenceEqual(Enumerable.Range(0, c.Samples));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_partition_is_a_function_of_its_arguments() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        var labels = Labels(c.Seed, c.Samples);
        int[] Shard(long seed, string split) => PartitionLaw.Draw(c.Partition, seed, Classes, c.Shards).Shard(labels, split, c.Shards - 1);
        return Shard(c.Seed, "train").SequenceEqual(Shard(c.Seed, "train"));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_seed_or_split_gives_another_partition()
    {
        var labels = Labels(1, 1000);
        var first = PartitionLaw.Draw(new PartitionSpec(), 1, Classes, 4).Shard(labels, "train", 0);
        Assert.NotEqual(first, PartitionLaw.Draw(new PartitionSpec(), 2, Classes, 4).Shard(labels, "train", 0));
        Assert.NotEqual(first, PartitionLaw.Draw(new PartitionSpec(), 1, Classes, 4).Shard(labels, "t10k", 0));
    }

    [Fact]
    public void Iid_shards_are_even_and_mixed()
    {
        var labels = Labels(1, 10_003);
        var law = PartitionLaw.Draw(new PartitionSpec(), 1, Classes, 5);
        for (var shard = 0; shard < 5; shard++)
        {
            var own = law.Shard(labels, "train", shard);
            Assert.InRange(own.Length, 2000, 2001);
            Assert.All(own.GroupBy(i => labels[i]), g => Assert.InRange(g.Count(), 140, 260));
        }
    }

    [Fact]
    public void Each_client_holds_its_number_of_classes_in_both_splits() => Prop.ForAll(Gen.Choose(1, 5).Zip(Gen.Choose(2, 30)).Zip(Gen.Choose(0, 10_000)).ToArbitrary(), draw =>
    {
        var ((held, shards), seed) = draw;
        var law = PartitionLaw.Draw(new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = held }, seed, Classes, shards);
        var (train, test) = (Labels(seed, 2000), Labels(seed + 1, 1000));
        return Enumerable.Range(0, shards).All(shard =>
        {
            var inTrain = law.Shard(train, "train", shard).Select(i => train[i]).ToHashSet();
            var inTest = law.Shard(test, "t10k", shard).Select(i => test[i]).ToHashSet();
            return inTrain.SetEquals(inTest) && (shards * held < Classes ? inTrain.Count >= held : inTrain.Count == held);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_class_has_a_holder_and_every_client_its_number_of_classes_or_more_only_where_there_are_too_few_cards() =>
        Prop.ForAll(Gen.Choose(1, 100).Zip(Gen.Choose(1, 100)).Zip(Gen.Choose(1, 40)).Zip(Gen.Choose(0, 10_000)).ToArbitrary(), draw =>
        {
            var (((classes, some), clients), seed) = draw;
            var held = Math.Min(some, classes);
            var hands = ClassHolders.Deal(new Draws(seed, "test"), held, classes, clients);
            return hands.Length == clients
                && hands.SelectMany(hand => hand).Distinct().Order().SequenceEqual(Enumerable.Range(0, classes))
                && (held * clients >= classes ? hands.All(hand => hand.Count == held) : hands.Sum(hand => hand.Count) == classes && hands.Max(hand => hand.Count) - hands.Min(hand => hand.Count) <= 1)
                // Dealt from whole packs: no class has two holders more than another, but for who could not take a card twice.
                && (classes % held != 0 || held * clients < classes || Spread(hands, classes) <= 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Each_class_is_split_evenly_among_its_holders() => Prop.ForAll(Gen.Choose(1, 10).Zip(Gen.Choose(1, 30)).Zip(Gen.Choose(0, 10_000)).Zip(Gen.Choose(0, 3000)).ToArbitrary(), draw =>
    {
        var (((held, shards), seed), samples) = draw;
        var labels = Labels(seed, samples);
        var law = PartitionLaw.Draw(new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = held }, seed, Classes, shards);
        var holders = ClassHolders.Deal(new Draws(seed, "partition/classes"), held, Classes, shards);
        var counts = Enumerable.Range(0, shards).Select(shard => law.Shard(labels, "train", shard).GroupBy(i => labels[i]).ToDictionary(g => (int)g.Key, g => g.Count())).ToList();
        return Enumerable.Range(0, Classes).All(c =>
        {
            var shares = Enumerable.Range(0, shards).Where(shard => holders[shard].Contains(c)).Select(shard => counts[shard].GetValueOrDefault(c)).ToList();
            return shares.Max() - shares.Min() <= 1 && shares.Sum() == labels.Count(label => label == c);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shares_of_Dirichlet_have_its_mean_and_variance()
    {
        // Of Dirichlet(a, ..., a) with k parts: mean 1/k, variance (k - 1) / (k k (k a + 1)).
        const int Shards = 4, Draws = 4000;
        foreach (var alpha in (double[])[0.1, 1, 20])
        {
            var shares = Enumerable.Range(0, Draws).Select(i => DirichletDraw.Next(new Draws(i, "test"), alpha, Shards)).ToList();
            Assert.All(shares, s => Assert.Equal(1, s.Sum(), 1e-9));
            var variance = (Shards - 1) / (Shards * Shards * ((Shards * alpha) + 1));
            for (var part = 0; part < Shards; part++)
            {
                Assert.Equal(0.25, shares.Average(s => s[part]), 5 * Math.Sqrt(variance / Draws));
                Assert.InRange(shares.Average(s => Math.Pow(s[part] - 0.25, 2)) / variance, 0.85, 1.15);
            }
        }
    }

    [Fact]
    public void Labels_may_be_of_many_classes()
    {
        var law = PartitionLaw.Draw(new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = 30_000 }, 1, 60_000, 2);
        ushort[] labels = [.. Enumerable.Range(0, 60_000).Select(i => (ushort)i)];
        Assert.Equal(Enumerable.Range(0, 60_000), law.Shard<ushort>(labels, "train", 0).Concat(law.Shard<ushort>(labels, "train", 1)).Order());
    }

    [Fact]
    public void Five_clients_of_two_classes_share_ten_classes_without_overlap()
    {
        var law = PartitionLaw.Draw(new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = 2 }, 1, Classes, 5);
        var labels = Labels(1, 1000);
        var held = Enumerable.Range(0, 5).SelectMany(shard => law.Shard(labels, "train", shard).Select(i => (int)labels[i]).Distinct()).Order();
        Assert.Equal(Enumerable.Range(0, Classes), held);
    }

    [Fact]
    public void A_class_without_a_holder_goes_to_the_client_with_the_fewest()
    {
        var hands = ClassHolders.Deal(new Draws(1, "test"), held: 1, classes: 10, clients: 3);
        Assert.Equal(Enumerable.Range(0, 10), hands.SelectMany(hand => hand).Order());
        Assert.All(hands, hand => Assert.InRange(hand.Count, 3, 4));
    }

    [Fact]
    public void Small_concentrations_skew_and_large_ones_do_not()
    {
        var labels = Labels(3, 10_000);
        double LargestShare(double alpha) => Enumerable.Range(0, 5)
            .Select(shard => PartitionLaw.Draw(new PartitionSpec { Method = PartitionMethod.Dirichlet, Alpha = alpha }, 3, Classes, 5).Shard(labels, "train", shard))
            .Where(own => own.Length > 0)
            .Max(own => own.GroupBy(i => labels[i]).Max(g => (double)g.Count() / own.Length));
        Assert.True(LargestShare(0.05) > 0.3);
        Assert.True(LargestShare(1000) < 0.15);
        Assert.True(double.IsFinite(LargestShare(1e-6)));
    }

    [Theory]
    [InlineData(PartitionMethod.Dirichlet, "data.partition.alpha")]
    [InlineData(PartitionMethod.ClassesPerClient, "data.partition.classes")]
    public void A_method_without_its_parameter_names_it(PartitionMethod method, string field)
    {
        var error = Assert.Throws<ArgumentException>(() => PartitionLaw.Draw(new PartitionSpec { Method = method }, 1, Classes, 2));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }

    private static int Spread(SortedSet<int>[] hands, int classes)
    {
        var holders = Enumerable.Range(0, classes).Select(c => hands.Count(hand => hand.Contains(c))).ToList();
        return holders.Max() - holders.Min();
    }

    private static byte[] Labels(long seed, int count)
    {
        var draws = new Draws(seed, "test-labels");
        return [.. Enumerable.Range(0, count).Select(_ => (byte)draws.Below(Classes))];
    }

    private static Gen<(PartitionSpec Partition, int Seed, int Shards, int Samples)> Cases() =>
        from method in Gen.Elements(PartitionMethod.Iid, PartitionMethod.Dirichlet, PartitionMethod.ClassesPerClient)
        from alpha in Gen.Elements(0.01, 0.3, 1, 50)
        from held in Gen.Choose(1, Classes)
        from seed in Gen.Choose(0, 1_000_000)
        from shards in Gen.Choose(1, 20)
        from samples in Gen.Choose(0, 500)
        select (new PartitionSpec { Method = method, Alpha = alpha, Classes = held }, seed, shards, samples);
}
