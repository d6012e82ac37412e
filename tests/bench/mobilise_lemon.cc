// The oracle of `tools/bar mobilise`: reads a mobilisation as bench_mobilise writes it, builds
// the network in its own way and has LEMON's network simplex solve it.
//
//   mobilise_lemon FILE     prints the places left empty by weight, the travel, and CPU seconds
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

using lemon::NetworkSimplex;
using lemon::SmartDigraph;

static double cpu_s()
{
    timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

static long number(FILE *file)
{
    long out;

    if (fscanf(file, "%ld", &out) == 1)
        return out;
    fputs("mobilise_lemon: the file ends too early\n", stderr);
    exit(2);
}

struct arc {
    SmartDigraph::Arc arc;
    long capacity, cost;
};

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "r") : nullptr;

    if (!file) {
        fputs("mobilise_lemon FILE\n", stderr);
        return 2;
    }
    const long homes = number(file);
    const long people = number(file);
    const long slots = number(file);
    const long options = number(file);
    const long empty = number(file);
    SmartDigraph g;
    const SmartDigraph::Node source = g.addNode(), sink = g.addNode();
    std::vector<SmartDigraph::Node> home, person, slot;
    std::vector<arc> arcs, chosen, lacking;
    std::vector<long> weight;
    long places = 0;

    for (long h = 0; h < homes; h++) {
        home.push_back(g.addNode());
        arcs.push_back({ g.addArc(source, home.back()), number(file), 0 });
    }
    for (long p = 0; p < people; p++) {
        const long where = number(file);

        person.push_back(g.addNode());
        arcs.push_back({ g.addArc(where < 0 ? source : home[where], person.back()), 1, 0 });
    }
    for (long s = 0; s < slots; s++) {
        const long wanted = number(file);

        weight.push_back(number(file));
        slot.push_back(g.addNode());
        places += wanted;
        arcs.push_back({ g.addArc(slot.back(), sink), wanted, 0 });
        lacking.push_back({ g.addArc(source, slot.back()), wanted, empty * weight.back() });
    }
    for (long i = 0; i < options; i++) {
        const long p = number(file);
        const long s = number(file);

        chosen.push_back({ g.addArc(person[p], slot[s]), 1, number(file) });
    }
    fclose(file);

    SmartDigraph::ArcMap<long> capacity(g), cost(g);

    for (const std::vector<arc> *some : { &arcs, &chosen, &lacking })
        for (const arc &a : *some) {
            capacity[a.arc] = a.capacity;
            cost[a.arc] = a.cost;
        }
    const double begun = cpu_s();
    NetworkSimplex<SmartDigraph, long, long> simplex(g);

    simplex.upperMap(capacity).costMap(cost).stSupply(source, sink, places);
    if (simplex.run() != NetworkSimplex<SmartDigraph, long, long>::OPTIMAL) {
        fputs("mobilise_lemon: no optimum\n", stderr);
        return 1;
    }
    const double took = cpu_s() - begun;
    long lacks = 0, travel = 0;

    for (long s = 0; s < slots; s++)
        lacks += weight[s] * simplex.flow(lacking[s].arc);
    for (const arc &a : chosen)
        travel += a.cost * simplex.flow(a.arc);
    printf("%ld %ld %.3f\n", lacks, travel, took);
    return 0;
}
