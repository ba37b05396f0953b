using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>Deals classes to clients, as cards from shuffled packs, so that every class has a holder.</summary>
internal static class ClassHolders
{
    /// <summary>The classes of each client: <paramref name="held"/> different ones, or more where there are too few clients for all classes.</summary>
    /// <param name="draws">Shuffles the packs.</param>
    /// <param name="held">Classes a client, at most <paramref name="classes"/>.</param>
    /// <param name="classes">Cards in a pack.</param>
    /// <param name="clients">Number of clients.</param>
    public static SortedSet<int>[] Deal(Draws draws, int held, int classes, int clients)
    {
        var hands = new SortedSet<int>[clients];
        var deck = new List<int>();
        for (var client = 0; client < clients; client++)
        {
            hands[client] = [];
            while (hands[client].Count < held)
            {
                // The first card that this client does not hold yet; those before it stay for the next client.
                var next = deck.FindIndex(c => !hands[client].Contains(c));
                if (next < 0)
                {
                    deck.AddRange(draws.Permutation(classes));
                    continue;
                }
                hands[client].Add(deck[next]);
                deck.RemoveAt(next);
            }
        }
        for (var c = 0; c < classes; c++)
            if (!hands.Any(hand => hand.Contains(c)))
                Repair(hands, c);
        return hands;
    }

    // Swaps the missing class for the most widely held one, at the first client that holds it; where no class has two holders, the first client with the fewest classes holds one more.
    private static void Repair(SortedSet<int>[] hands, int missing)
    {
        var (count, common) = hands.SelectMany(hand => hand).GroupBy(c => c).Select(g => (Count: g.Count(), Class: g.Key)).OrderByDescending(g => g.Count).ThenBy(g => g.Class).First();
        if (count < 2)
        {
            hands.OrderBy(hand => hand.Count).First().Add(missing);
            return;
        }
        var giver = hands.First(hand => hand.Contains(common));
        giver.Remove(common);
        giver.Add(missing);
    }
}
